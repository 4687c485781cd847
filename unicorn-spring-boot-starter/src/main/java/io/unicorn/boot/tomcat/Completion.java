package io.unicorn.boot.tomcat;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Wants to know when an asynchronous request has completed, and nothing else of it.
 */
interface Completion extends AsyncListener {

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
		// A new cycle drops the listeners of the last one.
		event.getAsyncContext().addListener(this);
	}

}
