"""What is done to a store after its runs have ended: changing, recovering, packing, checking."""
