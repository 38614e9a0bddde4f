"""What tests share: the throwaway server, fresh databases, and the checks after each test."""
