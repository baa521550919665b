export * from './validation/problem';
