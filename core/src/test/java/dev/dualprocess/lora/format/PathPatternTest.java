package dev.dualprocess.lora.format;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions that somebody else wrote. */
class PathPatternTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String PATH = "transformer_blocks.0.attn.to_q" + "a".repeat(60) + "!";

  @Test
  void matchesWholePathsOrTheirEnds() {
    assertTrue(PathPattern.of(".*to_[qk]").matches("blocks.0.to_q"));
    assertFalse(PathPattern.of("to_q").matches("blocks.0.to_q"));
    PathPattern end = PathPattern.ofEnd("to_q", new PathPattern.Looks());
    assertTrue(end.matches("blocks.0.to_q") && end.matches("to_q"));
    assertFalse(end.matches("blocks.0.add_to_q"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "(", "[a", "*", "a{2,1}", "(?<n>a)(?<n>b)"})
  void whatIsNoneIsShown(String written) {
    assertRefused(
        IllegalArgumentException.class,
        () -> PathPattern.of(written),
        "'" + written + "' is no regular expression");
  }

  @ParameterizedTest
  @ValueSource(strings = {".*(a+)+\\1!x", ".*(a+)+(\\1)*$", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)x"})
  void catastrophesEndSoon(String written) {
    assertTimeoutPreemptively(
        SOON,
        () ->
            assertRefused(
                IllegalArgumentException.class,
                () -> PathPattern.of(written).matches(PATH),
                "takes too long",
                written));
  }

  @Test
  void patternsOfOneFileShareTheirTime() {
    PathPattern.Looks looks = new PathPattern.Looks();
    List<PathPattern> many =
        List.of(PathPattern.ofEnd("(a+)+\\3b", looks), PathPattern.ofEnd("(a+)+\\3c", looks));
    String path = "blocks." + "a".repeat(60) + "!";
    assertTimeoutPreemptively(
        SOON,
        () ->
            many.forEach(
                p -> assertRefused(IllegalArgumentException.class, () -> p.matches(path), "long")));
  }

  @Test
  void deepOnesDoNotEndTheProcess() {
    String deep = "(".repeat(50_000) + "a" + ")".repeat(50_000);
    assertRefused(IllegalArgumentException.class, () -> PathPattern.of(deep), "regular expression");
    assertRefused(
        IllegalArgumentException.class,
        () -> PathPattern.of("(a|b|a.)*").matches("ab".repeat(50_000)),
        "takes too long");
  }
}
