/** Region and account of everything on the laptop, unless a client's credentials say otherwise. */
export const LAPTOP = { region: 'us-east-1', accountId: '000000000000' } as const;
