package dev.dualprocess.capture;

import dev.dualprocess.Draft;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.tensor.Memory;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A draft, and the backward that follows it. */
final class CapturedDraft implements AutoCloseable {
  private final Tensor latents;
  private final Recorded forward;
  private final Recorded backward;
  private Draft draft;
  private Tensor image;
  private Tensor dImage;

  CapturedDraft(Recorder recorder, Tensor zt, Function<Tensor, Draft> pass) {
    latents = Recorded.place(zt);
    Recorded first = null;
    try {
      // A gradient of zeros adds nothing to that of the LoRA.
      Recorded.rehearse(
          recorder,
          () -> {
            try (Draft rehearsed = pass.apply(latents)) {
              dImage = Memory.kept(() -> torch.zeros_like(rehearsed.image()));
              rehearsed.backward(dImage);
            }
          });
      first = new Recorded(recorder, () -> draw(pass));
      backward = new Recorded(recorder, () -> draft.backward(dImage));
      forward = first;
    } catch (RuntimeException e) {
      if (first != null) {
        first.close();
      }
      release();
      throw e;
    }
    draft.close(); // what it held stays the recordings' own
  }

  private void draw(Function<Tensor, Draft> pass) {
    draft = pass.apply(latents);
    closeIfThere(image);
    image = Recorded.handle(draft.image());
  }

  /** The draft at {@code zt}; to be closed before the next. */
  Draft at(Tensor zt) {
    Recorded.put(latents, zt);
    Profile.part(
        Part.DRAFT,
        () -> {
          forward.replay();
          forward.operations().tell();
        });
    return new Replayed();
  }

  private void release() {
    if (draft != null) {
      draft.close();
    }
    closeIfThere(image);
    closeIfThere(dImage);
    latents.close();
  }

  private static void closeIfThere(Tensor tensor) {
    if (tensor != null) {
      tensor.close();
    }
  }

  @Override
  public void close() {
    forward.close();
    backward.close();
    release();
  }

  /** One draft of many on the same memory. */
  private final class Replayed implements Draft {
    private boolean spent;

    @Override
    public Tensor image() {
      return image;
    }

    @Override
    public void backward(Tensor given) {
      if (spent) {
        throw new IllegalStateException("backward was already run on this draft");
      }
      spent = true;
      Recorded.put(dImage, given);
      backward.replay();
      backward.operations().tell();
    }

    @Override
    public void close() {
      spent = true;
      draft.close();
    }
  }
}
