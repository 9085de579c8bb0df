package dev.dualprocess.cli.demo;

import java.util.List;

/**
 * What a task's run came to.
 *
 * @param task that was taught
 * @param asked what the verifier was asked
 * @param prompts measured, that which was taught first
 * @param steps that were made
 * @param seconds that they took
 * @param interrupted whether somebody stopped it
 */
public record DemoOutcome(
    DemoTask task,
    String asked,
    List<MeasuredPrompt> prompts,
    int steps,
    double seconds,
    boolean interrupted) {}
