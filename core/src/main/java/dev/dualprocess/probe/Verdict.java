package dev.dualprocess.probe;

/** Whether an answer can be taught, as far as a look can tell; worse ones stand further down. */
public enum Verdict {
  /** Nothing speaks against it. */
  TEACHABLE("Should be teachable: nothing speaks against it."),
  /** The pictures are so already. */
  ALREADY_SO("Nothing to learn: the pictures are so already."),
  /** The answer trembles as much as it differs from seed to seed. */
  UNSTEADY("Doubtful: the answer changes with what nobody would notice."),
  /** The verifier would say something else altogether. */
  OTHER_WORDS("Probably not: the verifier would answer in other words."),
  /** Nothing in the picture would change the answer. */
  NO_GRADIENT("Probably not: nothing in the picture would change the answer."),
  /** NaN or infinite numbers. */
  NOT_FINITE("No: there are numbers that are not finite.");

  private final String sentence;

  Verdict(String sentence) {
    this.sentence = sentence;
  }

  /** The judgement in a sentence. */
  public String sentence() {
    return sentence;
  }
}
