import { App } from 'aws-cdk-lib';
import { FlightDelaysStack } from './flight-delays-stack';

new FlightDelaysStack(new App(), 'FlightDelays');
