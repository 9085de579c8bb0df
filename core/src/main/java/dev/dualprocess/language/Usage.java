package dev.dualprocess.language;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What an assistant was asked in all: requests, tokens, and what they cost. Thread-safe. */
public final class Usage {
  private static final double MILLION = 1e6;

  private final LongAdder requests = new LongAdder();
  private final LongAdder askedAgain = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder newTokens = new LongAdder();
  private final Rates rates;

  /**
   * What a million tokens cost, in any currency.
   *
   * @param prompt read
   * @param written written
   */
  public record Rates(double prompt, double written) {
    /** Costs nothing, or nobody has said what. */
    public static final Rates UNKNOWN = new Rates(0, 0);

    /** Checks the ranges. */
    public Rates {
      if (!(prompt >= 0) || !(written >= 0)) {
        throw new IllegalArgumentException("tokens cannot cost less than nothing");
      }
    }
  }

  /** Nothing yet. */
  public Usage(Rates rates) {
    this.rates = rates;
  }

  void add(Assistant.Reply reply, boolean again) {
    requests.increment();
    if (again) {
      askedAgain.increment();
    }
    promptTokens.add(reply.promptTokens());
    newTokens.add(reply.newTokens());
  }

  /** How many requests were answered. */
  public long requests() {
    return requests.sum();
  }

  /** How many of them repeated one whose answer could not be read. */
  public long askedAgain() {
    return askedAgain.sum();
  }

  /** What all tokens cost, 0 where nobody has said what. */
  public double cost() {
    return (promptTokens.sum() * rates.prompt() + newTokens.sum() * rates.written()) / MILLION;
  }

  /** For {@code results.json}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("requests", requests());
    map.put("askedAgain", askedAgain());
    map.put("promptTokens", promptTokens.sum());
    map.put("newTokens", newTokens.sum());
    if (!rates.equals(Rates.UNKNOWN)) {
      map.put("cost", cost());
    }
    return map;
  }

  /** A line for people. */
  @Override
  public String toString() {
    String line =
        String.format(
            Locale.ROOT,
            "%d requests (%d asked again), %d tokens read, %d written",
            requests(),
            askedAgain(),
            promptTokens.sum(),
            newTokens.sum());
    return rates.equals(Rates.UNKNOWN)
        ? line
        : line + String.format(Locale.ROOT, ", cost %.4f", cost());
  }
}
