package dev.dualprocess.probe;

import dev.dualprocess.Question;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rules, in their order: the first that speaks against a check is its verdict. */
record Judge(Limits limits) {
  private static final double GREY_LEVELS = 255;

  /**
   * Judges one check.
   *
   * @param seen one for each seed, at least one
   * @param says what the verifier answers freely to the first, if it can
   */
  Finding judge(Question question, List<Sighting> seen, Optional<String> says) {
    Finding figures = Finding.of(seen, says);
    if (figures.probability() >= limits.already()) {
      return judged(
          figures,
          Verdict.ALREADY_SO,
          "The verifier says '%s' with a probability of %.2f as it is.",
          question.answer(),
          figures.probability());
    }
    if (!(figures.reach() <= limits.reach())) {
      return noGradient(figures);
    }
    if (otherWords(question, seen, figures)) {
      return judged(
          figures,
          Verdict.OTHER_WORDS,
          "It says '%s' where '%s' is wanted; ask so that '%s' is an answer it would give.",
          figures.words(),
          question.answer(),
          question.answer());
    }
    if (seen.size() > 1 && figures.spread() < limits.steadiness() * figures.tremor()) {
      return judged(
          figures,
          Verdict.UNSTEADY,
          "From seed to seed its loss differs by %.2f, and by %.2f when a picture is moved by 1/128 of"
              + " its sides or grained by two grey levels: it may be guessing.",
          figures.spread(),
          figures.tremor());
    }
    return teachable(question, figures);
  }

  private static Finding noGradient(Finding figures) {
    return figures.slope() == 0
        ? judged(
            figures,
            Verdict.NO_GRADIENT,
            "The loss of %.2f has no gradient in the picture: the answer does not depend on it.",
            figures.loss())
        : judged(
            figures,
            Verdict.NO_GRADIENT,
            "Even in the best direction a picture would have to change by %.0f grey levels of %.0f to"
                + " take away the loss of %.2f.",
            figures.reach(),
            GREY_LEVELS,
            figures.loss());
  }

  private boolean otherWords(Question question, List<Sighting> seen, Finding figures) {
    if (!isYesNo(question.answer())) {
      return figures.loss() > limits.loss();
    }
    long other =
        seen.stream()
            .map(s -> s.said().predicted().strip())
            .filter(said -> !said.isEmpty())
            .filter(said -> !said.lines().allMatch(Judge::saysYesNo))
            .count();
    return 2 * other > seen.size();
  }

  private static boolean saysYesNo(String said) {
    // A committee's words are joined by a slash.
    for (String one : said.split(" / ", -1)) {
      if (!isYesNo(one.strip())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isYesNo(String said) {
    return said.equalsIgnoreCase("yes") || said.equalsIgnoreCase("no");
  }

  private static Finding teachable(Question question, Finding figures) {
    return judged(
        figures,
        Verdict.TEACHABLE,
        "'%s' has a probability of %.2g on average, and a gradient reaches the picture. Whether the"
            + " pictures then show what is meant, an audit tells.",
        question.answer(),
        figures.probability());
  }

  private static Finding judged(Finding figures, Verdict verdict, String format, Object... values) {
    return figures.judged(verdict, String.format(Locale.ROOT, format, values));
  }
}
