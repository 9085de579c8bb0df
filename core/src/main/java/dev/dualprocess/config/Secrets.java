package dev.dualprocess.config;

import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What nobody may read in messages, logs or files. Whoever takes a key or a token from the
 * environment {@link #keep keeps} it here; whatever is written for people goes through {@link
 * #masked}, which also hides names and passwords in addresses and what stands in an Authorization
 * header. Thread-safe; one for the whole program, since a log has no owner.
 */
public final class Secrets {
  private static final String MASK = "***";
  private static final int SHORTEST = 6; // a shorter one would hide ordinary words
  private static final Pattern IN_ADDRESS = Pattern.compile("(?<=\\w://)[^\\s/@'\"]+(?=@)");
  private static final Pattern IN_HEADER =
      Pattern.compile("(?i)(authorization\\W{1,6}(?:(?:bearer|basic)\\s+)?)[^\\s,'\"\\]}]+");

  /** The longest first: one may contain another. */
  private static final Set<String> KEPT =
      new ConcurrentSkipListSet<>(
          Comparator.comparingInt(String::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  private Secrets() {}

  /** From now on {@code secret} is not shown; it is given back as it is. */
  public static String keep(String secret) {
    if (Objects.requireNonNull(secret, "secret").length() >= SHORTEST) {
      KEPT.add(secret);
    }
    return secret;
  }

  /** As {@link #keep} for the name and password inside an address, if there are any. */
  public static String keepAddress(String address) {
    Matcher user = IN_ADDRESS.matcher(address);
    if (user.find()) {
      keep(user.group());
      keep(user.group().substring(user.group().indexOf(':') + 1));
    }
    return address;
  }

  /** {@code text} without any secret, as people may see it. */
  public static String masked(String text) {
    String masked = text;
    for (String secret : KEPT) {
      masked = masked.replace(secret, MASK);
    }
    masked = IN_ADDRESS.matcher(masked).replaceAll(MASK);
    return IN_HEADER.matcher(masked).replaceAll("$1" + MASK);
  }
}
