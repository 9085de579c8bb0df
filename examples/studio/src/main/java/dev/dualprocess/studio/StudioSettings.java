package dev.dualprocess.studio;

import dev.dualprocess.Generator;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.spi.LoadOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What a studio is started with.
 *
 * @param runs the folder whose subfolders are the jobs; made if need be
 * @param host the address it listens at; another than of this machine alone asks for a token
 * @param port 0 for any that is free
 * @param generator whom the form begins with, as {@link dev.dualprocess.models.ModelSource} names
 *     it
 * @param verifiers likewise, at least one
 * @param drawing how generators are opened
 * @param looking how verifiers are opened
 * @param defaults settings of a training for a generator of that id
 * @param examples what the form can be filled with at one click
 * @param assistant who suggests questions, if anybody
 */
public record StudioSettings(
    Path runs,
    String host,
    int port,
    String generator,
    List<String> verifiers,
    LoadOptions drawing,
    LoadOptions looking,
    BiFunction<String, Generator, DistillSettings> defaults,
    List<Example> examples,
    Optional<AssistantSource> assistant) {
  /** Checks and copies. */
  public StudioSettings {
    Objects.requireNonNull(runs, "runs");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(drawing, "drawing");
    Objects.requireNonNull(looking, "looking");
    Objects.requireNonNull(defaults, "defaults");
    Objects.requireNonNull(assistant, "assistant");
    verifiers = List.copyOf(verifiers);
    examples = List.copyOf(examples);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is a number from 0 to 65535, not " + port);
    }
  }
}
