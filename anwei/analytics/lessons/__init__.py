"""举一反三: who shares the conditions of an accident or a grave hazard, and what asking them showed."""
