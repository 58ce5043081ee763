"""举一反三: who in the county shares the conditions of an accident or a grave hazard, and what came of asking."""
