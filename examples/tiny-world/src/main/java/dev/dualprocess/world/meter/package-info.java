/**
 * Meters that measure a picture's attributes in its pixels alone: they know nothing of the scene,
 * the prompt or the models. They judge what was learnt.
 */
package dev.dualprocess.world.meter;
