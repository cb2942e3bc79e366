SELECT mark FROM key_ring
