package dev.dualprocess.distill;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** Copies of some tensors, of which only the last are kept. */
interface KeptCopies extends AutoCloseable {
  /** Copies these in place of those before; where that fails, nothing is kept. */
  void keep(Tensor[] originals) throws IOException;

  /** What was kept last, in the caller's scope. */
  Tensor[] last() throws IOException;

  @Override
  void close();
}
