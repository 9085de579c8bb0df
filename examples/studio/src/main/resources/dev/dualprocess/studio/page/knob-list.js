// Every setting that a person can change: where it is in the plan, and what it does in plain words.

const number = (path, label, hint, rest = {}) => ({ path, label, hint, type: 'number', step: 'any', ...rest });

export const FEW = [
  number('settings.steps', 'Steps', 'How long it learns.', { min: 1, step: 1 }),
  {
    path: 'settings.regularisation.driftPenalty',
    label: 'Keep the picture',
    hint: 'How strongly pictures stay what they were.',
    type: 'range',
    min: 0,
    max: 2,
    step: 0.05,
    said: (value) => (value === 0 ? 'not at all' : value < 0.5 ? 'a little' : value < 1.2 ? 'well' : 'strongly'),
  },
  number('settings.adam.learningRate', 'Learning rate', 'Larger learns faster and breaks more easily.', { min: 0 }),
  {
    path: 'settings.lora.rank',
    label: 'Rank',
    hint: 'How much a LoRA can hold.',
    type: 'select',
    options: [1, 2, 4, 8, 16, 32, 64],
  },
  number('settings.seed', 'Seed', 'The same seed gives the same run.', { min: 0, step: 1 }),
];

export const MORE = [
  number('settings.seeds', 'Training seeds', 'How many pictures of noise it learns from.', { min: 1, step: 1 }),
  number('settings.accumulate', 'Seeds a step', 'A step follows the mean gradient of so many; takes as many times longer.', { min: 1, step: 1 }),
  number('settings.lora.alpha', 'LoRA alpha', 'Scale of what is learnt; it counts relative to the rank.', { min: 0 }),
  number('settings.sampling.size.width', 'Width', 'Pixels of the picture.', { min: 16, step: 16 }),
  number('settings.sampling.size.height', 'Height', 'Pixels of the picture.', { min: 16, step: 16 }),
  number('settings.sampling.numInferenceSteps', 'Inference steps', 'Passes of the generator for one picture.', { min: 1, step: 1 }),
  number('settings.sampling.guidanceScale', 'Guidance', 'Only for generators that were made for it.', { min: 0 }),
  number('settings.regularisation.earlyStop.probability', 'Stop early at', 'Ends when the mean probability is this high.', { min: 0, max: 1 }),
  number('settings.regularisation.earlyStop.window', 'Stop early: over', 'Steps that are averaged for it; 0 never stops early.', { min: 0, step: 1 }),
  number('settings.regularisation.loraPenalty', 'LoRA penalty', 'Keeps the LoRA small.', { min: 0 }),
  number('settings.regularisation.texturePenalty', 'Texture penalty', 'Holds what is drawn in place while colours may change.', { min: 0 }),
  number('settings.regularisation.velocityPenalty', 'Velocity penalty', 'Keeps the velocity near what it was; decodes nothing, for flow models.', { min: 0 }),
  number('settings.regularisation.patternPenalty', 'Pattern penalty', 'Keeps dots that come again with every token out of the picture.', { min: 0 }),
  number('settings.regularisation.shellPenalty', 'Shell penalty', 'Keeps optimised noise looking like noise.', { min: 0 }),
  number('settings.regularisation.augmentation.shift', 'Augment: shift', 'Pictures are moved by up to this part of a side.', { min: 0 }),
  number('settings.regularisation.augmentation.crop', 'Augment: crop', 'Up to this part is cut off.', { min: 0 }),
  number('settings.regularisation.augmentation.blur', 'Augment: blur', 'Pixels of blur.', { min: 0 }),
  number('settings.regularisation.augmentation.noise', 'Augment: noise', 'Grain that is added.', { min: 0 }),
  number('settings.adam.maxGradNorm', 'Longest gradient', 'Longer ones are shortened to this.', { min: 0 }),
  number('settings.adam.weightDecay', 'Weight decay', 'Pulls the LoRA towards nothing.', { min: 0 }),
  number('evaluationSeeds', 'Evaluation seeds', 'Unseen pictures that are asked before and after.', { min: 1, step: 1 }),
  number('checkpointEvery', 'Checkpoint every', 'Steps between what is kept on disk.', { min: 1, step: 1 }),
];
