SELECT size FROM published
