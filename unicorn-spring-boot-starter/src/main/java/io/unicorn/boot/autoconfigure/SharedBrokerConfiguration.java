package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.PoolMessaging;
import io.unicorn.boot.messaging.SharedBroker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.support.AbstractSubscribableChannel;

/**
 * Shares the messages of the simple STOMP broker of a worker. An application whose broker
 * is another server has none.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnClass(SimpleBrokerMessageHandler.class)
@ConditionalOnProperty(name = "unicorn.share.stomp", matchIfMissing = true)
class SharedBrokerConfiguration {

	/** The types of the beans are known when there are beans. */
	@Bean
	SmartInitializingSingleton unicornSharedBroker(PoolMessaging messaging,
			ObjectProvider<SimpleBrokerMessageHandler> brokers, ObjectProvider<DefaultUserDestinationResolver> users,
			@Qualifier("clientInboundChannel") ObjectProvider<AbstractSubscribableChannel> inbound,
			@Qualifier("brokerChannel") ObjectProvider<AbstractSubscribableChannel> channel) {
		return () -> brokers.ifUnique((broker) -> users
			.ifUnique((user) -> SharedBroker.share(messaging, broker, user, inbound.getObject(), channel.getObject())));
	}

}
