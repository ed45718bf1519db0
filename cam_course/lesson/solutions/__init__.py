"""The solutions of the exercises, one module a lesson, one `# %%` section an exercise."""
