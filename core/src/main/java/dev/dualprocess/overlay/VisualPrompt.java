package dev.dualprocess.overlay;

/** Placeholder until written below. */
public interface VisualPrompt {}
