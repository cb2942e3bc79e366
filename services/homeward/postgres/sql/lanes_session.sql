SELECT set_config('homeward.lanes', $1, true)
