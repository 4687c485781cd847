package io.unicorn.posix;

import java.io.IOException;
import java.util.function.IntConsumer;

/**
 * Takes pending signals to this process from the kernel, one after the other. A signal
 * that is not taken stays pending, also across
 * {@link Posix#exec(Command, java.util.Set, java.util.Set)}; one that is sent again while
 * it is pending counts once.
 */
public interface SignalSource {

	/**
	 * Take signals until {@link #close} is called. For one thread at a time, which sleeps
	 * in the kernel between signals. Use a daemon thread, because an interrupt does not
	 * wake it.
	 * @param receiver called with the number of each signal, by this thread; must not
	 * block or throw
	 * @throws IOException if signals cannot be read
	 * @throws IllegalStateException if another thread is in this method, or if this
	 * source is closed
	 */
	void run(IntConsumer receiver) throws IOException;

	/**
	 * Take no more signals, and make {@link #run} return. When this returns, every signal
	 * that was taken has been passed to the receiver. May be called by any thread.
	 * Closing again has no effect.
	 */
	void close();

}
