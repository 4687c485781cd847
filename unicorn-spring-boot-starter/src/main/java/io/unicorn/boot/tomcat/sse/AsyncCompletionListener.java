package io.unicorn.boot.tomcat.sse;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Handles only the completion of an asynchronous request.
 */
public interface AsyncCompletionListener extends AsyncListener {

	@Override
	default void onTimeout(AsyncEvent event) {
		// Completion follows.
	}

	@Override
	default void onError(AsyncEvent event) {
		// Completion follows.
	}

	@Override
	default void onStartAsync(AsyncEvent event) {
		// A new asynchronous cycle drops the listeners of the one before.
		event.getAsyncContext().addListener(this);
	}

}
