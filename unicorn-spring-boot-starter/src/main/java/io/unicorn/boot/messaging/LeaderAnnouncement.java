package io.unicorn.boot.messaging;

import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.PoolMessaging;

import org.springframework.context.ApplicationListener;

/**
 * Tells the other workers that this one has become the leader, so that they can ask it.
 */
public final class LeaderAnnouncement implements ApplicationListener<LeadershipGrantedEvent> {

	private final PoolMessaging messaging;

	/**
	 * Create.
	 * @param messaging reaches the others
	 */
	public LeaderAnnouncement(PoolMessaging messaging) {
		this.messaging = messaging;
	}

	@Override
	public void onApplicationEvent(LeadershipGrantedEvent event) {
		this.messaging.leading();
	}

}
