package dev.dualprocess.language;

import java.util.Locale;

/** Counts requests and tokens of an assistant, which may be paid for. Thread-safe. */
public final class Usage {
  private Tally tally = Tally.NONE;

  /** Nothing counted yet. */
  public Usage() {}

  /**
   * Requests and tokens, added up.
   *
   * @param requests that were answered
   * @param askedAgain how many of them repeated one whose answer could not be read
   * @param promptTokens read
   * @param newTokens written
   */
  public record Tally(long requests, long askedAgain, long promptTokens, long newTokens) {
    /** Nothing asked yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0);

    /** The sum of both. */
    public Tally plus(Tally other) {
      return new Tally(
          requests + other.requests,
          askedAgain + other.askedAgain,
          promptTokens + other.promptTokens,
          newTokens + other.newTokens);
    }

    /** A line for people, with the cost where somebody has said what tokens cost. */
    public String line(Rates rates) {
      String line =
          String.format(
              Locale.ROOT,
              "%d requests (%d asked again), %d tokens read, %d written",
              requests,
              askedAgain,
              promptTokens,
              newTokens);
      return rates.equals(Rates.UNKNOWN)
          ? line
          : line + String.format(Locale.ROOT, ", cost %.4f", rates.cost(this));
    }
  }

  /**
   * What a million tokens cost, in any currency.
   *
   * @param prompt read
   * @param written written
   */
  public record Rates(double prompt, double written) {
    /** Nobody has said what tokens cost. */
    public static final Rates UNKNOWN = new Rates(0, 0);

    private static final double MILLION = 1e6;

    /** Checks the ranges. */
    public Rates {
      if (!isPrice(prompt) || !isPrice(written)) {
        throw new IllegalArgumentException(
            "a million tokens cannot cost %s and %s: give two numbers of at least 0"
                .formatted(prompt, written));
      }
    }

    private static boolean isPrice(double price) {
      return price >= 0 && Double.isFinite(price);
    }

    /** What so many tokens cost, in the currency of the rates. */
    public double cost(Tally tally) {
      return (tally.promptTokens() * prompt + tally.newTokens() * written) / MILLION;
    }
  }

  synchronized void add(Assistant.Reply reply, boolean again) {
    Tally one = new Tally(1, again ? 1 : 0, reply.promptTokens(), reply.newTokens());
    tally = tally.plus(one);
  }

  /** What was asked so far. */
  public synchronized Tally tally() {
    return tally;
  }
}
