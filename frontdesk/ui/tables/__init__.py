"""Models and views of long lists."""
