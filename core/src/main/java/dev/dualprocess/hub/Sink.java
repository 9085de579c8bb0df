package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Takes a body as it arrives. */
interface Sink {
  /** The next bytes; all of them are consumed. */
  void accept(List<ByteBuffer> bytes) throws IOException;
}
