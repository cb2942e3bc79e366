"""The peers: each is started in a temporary folder, on unix sockets only, and ends with the run.

They get the points behind our cells, and areas so much wider that they answer about as many rows.
"""
