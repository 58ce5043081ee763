"""一案一档: everything of a case in one ZIP that a third person can check without us."""
