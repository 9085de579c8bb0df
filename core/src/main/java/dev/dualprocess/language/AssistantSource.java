package dev.dualprocess.language;

import dev.dualprocess.tensor.Placement;
import java.io.IOException;

/** A language model as a user names it, not opened yet. */
public interface AssistantSource {
  /** What the user wrote. */
  String named();

  /**
   * Opens the language model; the caller closes it.
   *
   * @param placement where a model on this machine goes
   */
  Assistant open(Placement placement) throws IOException;
}
