-- Once for each move: the contacts of a hub are orders of their own, and whoever does it again would
-- take the alert's row from those who lease.
SELECT supersede_watch($1, $2, $3, $4)
WHERE NOT EXISTS (SELECT FROM watches_moved
                  WHERE case_id = $1 AND alert = $2 AND watch = $3 AND moved >= $4)
