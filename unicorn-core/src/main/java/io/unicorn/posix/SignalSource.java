package io.unicorn.posix;

import java.io.IOException;
import java.util.function.IntConsumer;

/**
 * Takes signals to this process out of the kernel, one after the other, instead of having
 * them interrupt some thread. What is not taken stays pending, also across
 * {@link Posix#exec(Command, java.util.Set, java.util.Set)}; the same signal sent again
 * while it is pending counts once.
 */
public interface SignalSource {

	/**
	 * Take signals until {@link #close} is called. For one thread at a time, which sleeps
	 * in the kernel between signals; an interrupt does not wake it, so this is for a
	 * daemon thread.
	 * @param receiver called with the number of each signal, by this thread; must not
	 * block or throw
	 * @throws IOException if the system refuses
	 */
	void run(IntConsumer receiver) throws IOException;

	/**
	 * Take no more signals, and make {@link #run} return. When this returns, every signal
	 * that was taken has been passed to the receiver. May be called by any thread, also
	 * again.
	 */
	void close();

}
