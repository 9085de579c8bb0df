package dev.dualprocess.idefics;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.Rotation;
import dev.dualprocess.weights.Weights;

/** The half that reads: Mistral or Llama, which are one and the same here. */
public interface IdeficsArchitecture extends Architecture {
  /** Of the language model. */
  TextConfig text();

  @Override
  default Rotation rotation() {
    return Rotation.plain(text().headDim(), text().ropeTheta());
  }

  @Override
  default boolean tiedHead() {
    return text().tieWordEmbeddings();
  }

  @Override
  default LanguageModel languageModel(Weights weights, Blocks blocks) {
    return LanguageModel.load(
        weights, weights.in("model").in("text_model"), text().shape(), blocks);
  }

  @Override
  default void requireRoom(int tokens) {
    text().requireWithinWindow(tokens);
    text().requireWithinPositions(tokens);
  }
}
