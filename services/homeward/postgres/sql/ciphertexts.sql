SELECT fact_id, field, ciphertext FROM sealed_values WHERE fact_id = ANY ($1::uuid[])
