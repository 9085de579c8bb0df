/** The CommonsenseT2I protocol: pairs of prompts, images, a judge, scores. */
package dev.dualprocess.evaluate;
