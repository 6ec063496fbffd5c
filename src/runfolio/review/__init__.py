"""Results where people talk about them: comparing, checking, commenting and badges."""
