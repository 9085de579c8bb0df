package dev.dualprocess.nn;

/** What stands before the tokens of a pass, as one layer sees it. */
@FunctionalInterface
public interface Past {
  /** All keys and values there are, those of the pass's own tokens last. */
  KeysValues followedBy(KeysValues own);
}
