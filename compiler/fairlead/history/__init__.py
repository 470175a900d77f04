"""What a pipeline served and when, from which data and code, and who approved it: answered from Git alone."""
