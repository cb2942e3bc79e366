SELECT lanes FROM lanes
