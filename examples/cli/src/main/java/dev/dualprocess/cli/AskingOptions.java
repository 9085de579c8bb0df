package dev.dualprocess.cli;

import dev.dualprocess.cli.language.Endpoint;
import dev.dualprocess.cli.language.OpenAiSource;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.language.Instructions;
import dev.dualprocess.language.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How language models are asked, and for how much. */
final class AskingOptions {
  private static final int LONGEST_TIMEOUT = 24 * 60 * 60; // seconds
  private static final int MOST_RETRIES = 100;

  @Option(
      names = "--instructions",
      paramLabel = "DIR",
      description = "A folder with your own expand.txt, questions.txt or judge.txt.")
  private @Nullable Path instructions;

  @Option(
      names = "--request-timeout",
      paramLabel = "SECONDS",
      description = "How long an endpoint may take for an answer (default: 60).")
  private double timeout = 60;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description =
          "How often a request is repeated after 429, a server's failure or a time-out (default: 5).")
  private int retries = 5;

  @Option(
      names = "--requests-per-minute",
      paramLabel = "N",
      description = "At most so many to an endpoint (default: no limit).")
  private double requestsPerMinute;

  @Option(
      names = "--token-price",
      paramLabel = "READ,WRITTEN",
      split = ",",
      arity = "1",
      description = "What a million tokens cost, for the cost line of the report.")
  private double @Nullable [] price;

  /** Judges the numbers before anything is loaded. */
  void check() {
    if (!(timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
      throw new IllegalArgumentException(
          "--request-timeout must be above 0 and at most %d seconds, not %s"
              .formatted(LONGEST_TIMEOUT, timeout));
    }
    if (retries < 0 || retries > MOST_RETRIES) {
      throw new IllegalArgumentException(
          "--retries must be 0 to %d, not %d".formatted(MOST_RETRIES, retries));
    }
    if (!(requestsPerMinute >= 0 && Double.isFinite(requestsPerMinute))) {
      throw new IllegalArgumentException(
          "--requests-per-minute must be a number of at least 0, not " + requestsPerMinute);
    }
    rates();
  }

  /** The model of that name: behind the endpoint, else a verifier's name. */
  AssistantSource source(String named) throws IOException {
    return OpenAiSource.of(named, this::endpoint);
  }

  private Endpoint endpoint() {
    return Endpoint.of(
        System.getenv(), Duration.ofMillis((long) (1000 * timeout)), retries, requestsPerMinute);
  }

  Instructions instructions() throws IOException {
    return instructions == null ? Instructions.bundled() : Instructions.in(instructions);
  }

  Usage.Rates rates() {
    if (price == null) {
      return Usage.Rates.UNKNOWN;
    }
    if (price.length != 2) {
      throw new IllegalArgumentException("--token-price needs two numbers READ,WRITTEN");
    }
    return new Usage.Rates(price[0], price[1]);
  }
}
