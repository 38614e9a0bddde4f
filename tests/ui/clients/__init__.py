"""Tests of the clients screen, the profile and the dialogs over clients and their credits."""
