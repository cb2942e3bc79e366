SELECT forget_departures()
