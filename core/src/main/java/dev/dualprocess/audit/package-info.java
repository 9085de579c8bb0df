/** Whether a learnt control is real, or only pleases the verifier that taught it. */
package dev.dualprocess.audit;
