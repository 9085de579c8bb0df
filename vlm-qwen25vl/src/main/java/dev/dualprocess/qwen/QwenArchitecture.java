package dev.dualprocess.qwen;

import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.ImageToken;

/** What makes a vision-language model a Qwen-VL of any family. */
public interface QwenArchitecture extends Architecture {
  /** The language model's sizes. */
  TextConfig text();

  /** The sizes of images. */
  PreprocessorConfig preprocessor();

  /** The token that holds an image token's place in a prompt. */
  long imageTokenId();

  /** The format in the files beside the family's own class. */
  @Override
  default ChatFormat chat() {
    return ChatFormat.load(
        getClass(), new ImageToken(imageTokenId(), "<|image_pad|>"), /* specialTokens= */ false);
  }

  @Override
  default boolean tiedHead() {
    return text().tieWordEmbeddings();
  }

  @Override
  default int room() {
    return text().maxPositionEmbeddings();
  }

  @Override
  default void requireRoom(int tokens) {
    text().requireRoom(tokens);
  }
}
