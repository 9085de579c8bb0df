package dev.dualprocess.cli.demo;

import dev.dualprocess.run.Comparison;
import java.util.List;

/**
 * What a task's run came to.
 *
 * @param task that was taught
 * @param asked what the verifier was asked
 * @param tokenSide pixels along each side of a token of the generator
 * @param comparisons of every prompt, that which was taught first
 * @param steps that were made
 * @param seconds that they took
 * @param interrupted whether somebody stopped it
 */
public record DemoOutcome(
    DemoTask task,
    String asked,
    int tokenSide,
    List<Comparison> comparisons,
    int steps,
    double seconds,
    boolean interrupted) {}
