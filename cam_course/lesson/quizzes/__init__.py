"""The quiz questions, one module a lesson, apart from the pages so that these spoil nothing."""
