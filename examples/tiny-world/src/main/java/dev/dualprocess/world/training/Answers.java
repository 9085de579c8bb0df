package dev.dualprocess.world.training;

import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What the network answers to lessons, and how far that is from what it should. */
final class Answers {
  private static final double REGRESSION = 0.15;
  private static final double ENDING = 0.1;

  private final Qwen25VlNetwork network;
  private final Map<String, long[]> prompts = new HashMap<>();
  private final long yes;
  private final long no;
  private final long end;

  Answers(Qwen25VlNetwork network) {
    this.network = network;
    yes = network.tokenOf("Yes");
    no = network.tokenOf("No");
    end = network.tokenOf("<|im_end|>");
  }

  /** log p(Yes) - log p(No) of each, [B]. */
  Tensor yesOverNo(Tensor tokens, List<Curriculum.Lesson> lessons) {
    List<long[]> ids = new ArrayList<>();
    List<long[]> positions = new ArrayList<>();
    for (Curriculum.Lesson lesson : lessons) {
      long[] prompt = prompts.computeIfAbsent(lesson.exam().question(), network::promptIds);
      ids.add(prompt);
      positions.add(new long[] {prompt.length - 1L});
    }
    Tensor logits = network.logits(tokens, ids, positions);
    return logits.select(1, yes).sub(logits.select(1, no));
  }

  /** The first three terms of {@link VerifierTraining}'s loss. */
  Tensor loss(Tensor tokens, List<Curriculum.Lesson> lessons) {
    List<long[]> ids = new ArrayList<>();
    List<long[]> positions = new ArrayList<>();
    int batch = lessons.size();
    float[] wanted = new float[batch];
    for (int i = 0; i < batch; i++) {
      Exam exam = lessons.get(i).exam();
      long[] prompt = prompts.computeIfAbsent(exam.question(), network::promptIds);
      long[] answered = Arrays.copyOf(prompt, prompt.length + 1);
      answered[prompt.length] = exam.logit() > 0 ? yes : no;
      ids.add(answered);
      positions.add(new long[] {prompt.length - 1L, prompt.length});
      wanted[i] = (float) exam.logit();
    }
    Tensor logits = network.logits(tokens, ids, positions).view(batch, 2, -1);
    Tensor target = Ops.floats(wanted, batch);
    Tensor answer = logits.select(1, 0);
    Tensor log = torch.log_softmax(answer, 1);
    Tensor p = target.sigmoid();
    Tensor entropy =
        p.mul(log.select(1, yes)).add(Ops.add(p.neg(), 1).mul(log.select(1, no))).mean().neg();
    Tensor difference = answer.select(1, yes).sub(answer.select(1, no));
    Tensor regression = torch.smooth_l1_loss(difference, target);
    Tensor ending = torch.log_softmax(logits.select(1, 1), 1).select(1, end).mean().neg();
    return entropy.add(Ops.mul(regression, REGRESSION)).add(Ops.mul(ending, ENDING));
  }
}
