"""Running a recorded run again, and telling whether it comes out the same."""
