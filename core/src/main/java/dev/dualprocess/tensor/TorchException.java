package dev.dualprocess.tensor;

/** What libtorch refused, in one line; its own words, with a native stack trace, are the cause. */
public final class TorchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TorchException(RuntimeException cause) {
    super(Torch.message(cause), cause);
  }
}
