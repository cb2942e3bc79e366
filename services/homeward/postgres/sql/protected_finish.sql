DELETE FROM protected WHERE load <> $1
