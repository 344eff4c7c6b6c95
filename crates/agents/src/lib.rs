//! Brainstormer, Designer and Refactor: the engine of rules.
