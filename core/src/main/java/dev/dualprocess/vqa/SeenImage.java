package dev.dualprocess.vqa;

import dev.dualprocess.vqa.VisionLanguageModel.View;
import org.bytedeco.pytorch.Tensor;

/** An image as a {@link PromptReader} puts it into a prompt. */
public interface SeenImage extends View {
  /** Its tokens, [image tokens, D], in the scope it was seen in. */
  Tensor tokens();

  /** All that the places of its tokens depend on but where they begin, with equality by value. */
  Object layout();
}
