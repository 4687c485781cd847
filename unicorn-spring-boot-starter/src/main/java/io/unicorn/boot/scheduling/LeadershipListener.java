package io.unicorn.boot.scheduling;

import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;

/**
 * Begins and ends what runs in the leader alone.
 */
interface LeadershipListener extends SmartApplicationListener {

	@Override
	default boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return type == LeadershipGrantedEvent.class || type == LeadershipRevokedEvent.class;
	}

	/** The next leader is appointed when what runs has ended. */
	@Override
	default boolean supportsAsyncExecution() {
		return false;
	}

	/** The listeners of the application follow, because they may fail. */
	@Override
	default int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
